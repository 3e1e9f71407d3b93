namespace Sagebrush.Serving.Python;

/// <summary>What a frame of an answer is. The numbers are the protocol's.</summary>
internal enum AnswerKind : byte
{
    /// <summary>The whole answer.</summary>
    Whole = 0,

    /// <summary>The beginning of one that comes in parts.</summary>
    Begin = 1,

    /// <summary>One of the parts.</summary>
    Part = 2,

    /// <summary>There are no more parts.</summary>
    End = 3,

    /// <summary>There are no more parts, as the model failed in the midst; the body says how.</summary>
    Failure = 4,

    /// <summary>The last of the requests that are with the worker was not begun and will not be.</summary>
    Returned = 5,
}

/// <summary>The head of a frame of an answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Status">The HTTP status, of a whole answer and of a beginning.</param>
/// <param name="ContentType">The content type, of the same.</param>
/// <param name="BodyLength">Bytes that follow.</param>
internal readonly record struct AnswerFrame(AnswerKind Kind, int Status, string ContentType, long BodyLength);
