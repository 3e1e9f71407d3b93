using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Linear;

namespace Sagebrush.Algorithms.LinearLearner;

/// <summary>Answers with <c>score</c> and, for classes, <c>predicted_label</c>.</summary>
internal sealed class LinearLearnerInference(LinearModel model) : TabularInference(model.FeatureCount, Layout(model))
{
    public static LinearLearnerInference Load(string modelFolder) => new(LinearModel.Load(TabularJob.Find(modelFolder)));

    protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
    {
        var labels = model.Predictor == LinearPredictor.Regressor ? 0 : 1;
        var width = model.OutputCount + labels;
        for (var i = 0; i < count; i++)
        {
            var answer = answers.Slice(i * width, width);
            var label = model.Predict(rows.Slice(i * model.FeatureCount, model.FeatureCount), answer);
            if (labels == 1)
            {
                answer[^1] = label;
            }
        }
    }

    private static AnswerLayout Layout(LinearModel model) => model.Predictor switch
    {
        LinearPredictor.Regressor => new("predictions", new AnswerField("score")),
        LinearPredictor.BinaryClassifier => new("predictions", new("score"), new("predicted_label", IsWhole: true)),
        _ => new("predictions", new("score", model.OutputCount, IsVector: true), new("predicted_label", IsWhole: true)),
    };
}
