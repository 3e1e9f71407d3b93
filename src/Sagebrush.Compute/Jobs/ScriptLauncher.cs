namespace Sagebrush.Compute.Jobs;

/// <summary>What starts a script on several hosts.</summary>
public enum ScriptLauncher
{
    /// <summary><c>mpirun</c> on the first host, which starts the processes of all hosts.</summary>
    Mpi = 0,

    /// <summary><c>torchrun</c> on each host; they meet at the first one.</summary>
    Torch = 1,
}
