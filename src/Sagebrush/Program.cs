using Sagebrush.CommandLine;

return await CommandLineApplication.RunAsync(args);
