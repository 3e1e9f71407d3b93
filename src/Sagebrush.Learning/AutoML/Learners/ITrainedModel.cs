using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>A model of one learner over features.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal interface ITrainedModel
{
    /// <summary>Predicts rows: a value, the probability of the positive class, or a probability per class.</summary>
    void Predict(FeatureMatrix rows, Span<float> outputs);

    /// <summary>The model as a file that its learner reads.</summary>
    byte[] Save();
}
