using Sagebrush.State.Tests.Sqlite;

// Some tests start this program again as the process they kill; everything else is the test runner.
return args is [CrashWriter.Command, var path]
    ? await CrashWriter.RunAsync(path)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
