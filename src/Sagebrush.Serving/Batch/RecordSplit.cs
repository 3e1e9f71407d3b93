namespace Sagebrush.Serving.Batch;

/// <summary>How a file is taken apart into records.</summary>
public enum RecordSplit
{
    /// <summary>Not at all: the file is one record.</summary>
    None,

    /// <summary>A record is a line.</summary>
    Line,

    /// <summary>A record is one of MXNet's RecordIO frames, which SageMaker's algorithms take.</summary>
    RecordIO,

    /// <summary>A record is one of TensorFlow's TFRecord frames.</summary>
    TFRecord,
}
