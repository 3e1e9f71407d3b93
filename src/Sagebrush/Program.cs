using Sagebrush.Algorithms;
using Sagebrush.CommandLine;
using Sagebrush.Services.Clarify;
using Sagebrush.Services.Training.Input;

// A training job's process is this program again: it must start in no time, so it passes the command line by.
return args switch
{
    [AlgorithmProgram.Command, var name, var folder] => AlgorithmProgram.RunProcess(name, folder),
    [ClarifyProgram.Command, var folder] => ClarifyProgram.RunProcess(folder),
    [PipeFeeder.Command, var plan, var failure] => PipeFeeder.RunProcess(plan, failure),
    _ => await CommandLineApplication.RunAsync(args),
};
