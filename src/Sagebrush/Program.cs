using Sagebrush.Algorithms;
using Sagebrush.CommandLine;

// A training job's process is this program again: it must start in no time, so it passes the command line by.
return args is [AlgorithmProgram.Command, var name, var folder]
    ? AlgorithmProgram.RunProcess(name, folder)
    : await CommandLineApplication.RunAsync(args);
