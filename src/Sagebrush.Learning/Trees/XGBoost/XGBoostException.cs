namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>libxgboost refused a call; the message is its own.</summary>
public sealed class XGBoostException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public XGBoostException()
    {
    }

    /// <summary>Creates the exception with the library's message.</summary>
    public XGBoostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the failure beneath it.</summary>
    public XGBoostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// The library's reason without its time stamp, source position and stack trace: what a user can act on.
    /// </summary>
    public string Reason
    {
        get
        {
            // "[10:20:30] ./src/objective/regression_obj.cu:39: Check failed: label_correct: label must be …\nStack trace:…"
            var text = Message;
            var end = text.IndexOf("\nStack trace", StringComparison.Ordinal);
            if (end >= 0)
            {
                text = text[..end];
            }

            var line = text.Split(": ", 2);
            if (text.StartsWith('[') && line.Length == 2)
            {
                text = line[1];
            }

            return text.Trim();
        }
    }
}
