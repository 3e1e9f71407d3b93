namespace Sagebrush.Compute.Execution;

/// <summary>A folder or file of this machine that an isolated job sees at a path of its own.</summary>
/// <param name="Source">Its path outside.</param>
/// <param name="Target">Where the job sees it: below <c>/opt/ml</c>, <c>/tmp</c> or a folder that is hidden from jobs. A job that is not isolated uses the source.</param>
/// <param name="IsWritable">Whether the job may write there.</param>
public sealed record JobMount(string Source, string Target, bool IsWritable);
