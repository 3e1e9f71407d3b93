namespace Sagebrush.Compute.Tests.Execution;

/// <summary>Tests that measure the whole process: they run one after the other, and beside no others.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
