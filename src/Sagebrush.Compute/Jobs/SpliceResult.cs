namespace Sagebrush.Compute.Jobs;

/// <summary>What became of a file that was put into a pipe.</summary>
public enum SpliceResult
{
    /// <summary>All of it is in the pipe, or was.</summary>
    Whole,

    /// <summary>The reader has closed the pipe.</summary>
    Closed,

    /// <summary>The file's system cannot do it; nothing has been put.</summary>
    Unsupported,
}
