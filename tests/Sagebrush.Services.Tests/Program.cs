using Sagebrush.Algorithms;
using Sagebrush.Services.Tests.Training;

// Some tests start this program again: as a built-in algorithm's job, or as the server they kill. Everything else is the test runner.
return args switch
{
    [TrainingServer.RunAlgorithm, var name, var root] => AlgorithmProgram.RunProcess(name, root),
    [TrainingServer.RunServer, var directory] => await TrainingServer.RunUntilKilledAsync(directory),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
