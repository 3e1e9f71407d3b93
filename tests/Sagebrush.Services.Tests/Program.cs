using Sagebrush.Algorithms;
using Sagebrush.Services.Tests.Training;
using Sagebrush.Services.Training.Input;

// Some tests start this program again: as a built-in algorithm's job, as what fills pipes, or as the server they kill. Everything else is the test runner.
return args switch
{
    [TrainingServer.RunAlgorithm, var name, var root] => AlgorithmProgram.RunProcess(name, root),
    [PipeFeeder.Command, var plan, var failure] => PipeFeeder.RunProcess(plan, failure),
    [TrainingServer.RunServer, var directory] => await TrainingServer.RunUntilKilledAsync(directory),
    [TrainingServer.RunServer, var directory, var death] => await TrainingServer.RunUntilKilledAsync(directory, death),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
