using Sagebrush.Compute.Tests.Execution;

// Some tests start this program again as the one they kill; everything else is the test runner.
return args is [JobStarter.Command, var path, var isolated]
    ? await JobStarter.RunAsync(path, bool.Parse(isolated))
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
