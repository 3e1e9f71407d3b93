using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Algorithms;
using Sagebrush.Services.AutoML;
using Sagebrush.Services.AutoScaling;
using Sagebrush.Services.CloudWatch;
using Sagebrush.Services.Ecr;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Iam;
using Sagebrush.Services.InferenceExperiments;
using Sagebrush.Services.Logs;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.Services.Processing;
using Sagebrush.Services.Recommendations;
using Sagebrush.Services.S3;
using Sagebrush.Services.Sns;
using Sagebrush.Services.Sts;
using Sagebrush.Services.Tagging;
using Sagebrush.Services.Training;
using Sagebrush.Services.Transform;
using Sagebrush.Services.Tuning;

namespace Sagebrush.Services;

/// <summary>Adds every capability of the product to a host.</summary>
public static class Capabilities
{
    /// <summary>One line per capability: its operations, its reconcilers and what they need.</summary>
    public static IServiceCollection AddCapabilities(this IServiceCollection services) => services
        .AddAlgorithms()
        .AddAutoML()
        .AddAutoScaling()
        .AddCloudWatch()
        .AddEcr()
        .AddHosting()
        .AddIam()
        .AddInferenceExperiments()
        .AddLogs()
        .AddModelRegistry()
        .AddProcessing()
        .AddRecommendations()
        .AddS3()
        .AddSns()
        .AddSts()
        .AddTagging()
        .AddTraining()
        .AddTransform()
        .AddTuning();
}
