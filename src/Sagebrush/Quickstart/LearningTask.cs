namespace Sagebrush.Quickstart;

/// <summary>What is to be predicted.</summary>
internal enum LearningTask
{
    Binary,
    Multiclass,
    Regression,
}
