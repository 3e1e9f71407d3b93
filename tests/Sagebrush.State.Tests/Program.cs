using Sagebrush.State.Tests.Objects;
using Sagebrush.State.Tests.Sqlite;

// Some tests start this program again as the process they kill; everything else is the test runner.
return args switch
{
    [CrashWriter.Command, var path] => await CrashWriter.RunAsync(path),
    [ObjectCrashWriter.Command, var folder, var seed] => await ObjectCrashWriter.RunAsync(folder, seed),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
