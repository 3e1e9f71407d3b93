using System.Runtime.InteropServices;
using System.Text;

namespace Sagebrush.Algorithms;

/// <summary>Runs a built-in algorithm as a training program: configuration in, artifact, log and exit code out.</summary>
public static class AlgorithmProgram
{
    /// <summary>The program's first argument that makes it run an algorithm; its name and the job's folder follow.</summary>
    public const string Command = "run-algorithm";

    /// <summary>Exit code of a job that ended well, also when it was asked to stop.</summary>
    public const int Success = 0;

    /// <summary>Exit code of a job that failed; <c>output/failure</c> says why.</summary>
    public const int Failure = 1;

    /// <summary>Runs as the body of a process: logs to standard output, stops on SIGTERM and SIGINT.</summary>
    /// <param name="name">The algorithm's name.</param>
    /// <param name="root">The job's folder, <see cref="MlFolder.ContainerRoot"/> in a container.</param>
    /// <returns>The exit code.</returns>
    public static int RunProcess(string name, string root)
    {
        // The log is a pipe: a plain stream that is flushed line by line shows each line at once and loses none.
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1024);
        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return Run(name, new(root), output, TimeProvider.System, stopping.Token);
    }

    /// <summary>Runs within the caller's process.</summary>
    /// <param name="name">The algorithm's name.</param>
    /// <param name="folder">The job's folder.</param>
    /// <param name="output">Receives the log.</param>
    /// <param name="clock">Stamps the log and spaces checkpoints.</param>
    /// <param name="cancellationToken">Asks to stop early; the model as it is then is saved.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string name, MlFolder folder, TextWriter output, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var log = new TrainingLog(output, clock);
        log.Info($"Starting training with the built-in algorithm {name}.");
        try
        {
            var algorithm = BuiltInAlgorithms.Find(name)
                ?? throw new CustomerErrorException(
                    $"There is no built-in algorithm '{name}'. There is: {string.Join(", ", BuiltInAlgorithms.All.Select(a => a.Name))}.");
            Directory.CreateDirectory(folder.Model);
            algorithm.Train(TrainingContext.Load(folder, log, clock), cancellationToken);
            return Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Info("Stopped before there was a model to save.");
            return Success;
        }
        catch (CustomerErrorException e)
        {
            return Fail(folder, log, "ClientError: " + e.Message);
        }
#pragma warning disable CA1031 // A program's last resort: whatever went wrong must reach the failure file.
        catch (Exception e)
        {
            log.Error(e.ToString());
            return Fail(folder, log, "AlgorithmError: " + e.Message);
        }
#pragma warning restore CA1031
    }

    private static int Fail(MlFolder folder, TrainingLog log, string reason)
    {
        log.Error(reason);
        Directory.CreateDirectory(Path.GetDirectoryName(folder.FailureFile)!);
        File.WriteAllText(folder.FailureFile, reason);
        return Failure;
    }
}
