using Xunit;

namespace Sagebrush.Algorithms.Tests;

public sealed class HyperparameterSchemaTests
{
    private static readonly HyperparameterSchema Schema = BuiltInAlgorithms.Find("xgboost")!.Hyperparameters;

    [Theory]
    [InlineData("max_dept", "5", "Extraneous hyperparameter found: max_dept; did you mean max_depth?")]
    [InlineData("Eta", "0.1", "Extraneous hyperparameter found: Eta; did you mean eta?")]
    [InlineData("completely_unknown_thing", "5", "Extraneous hyperparameter found: completely_unknown_thing")]
    [InlineData("eta", "2", "Hyperparameter eta: 2 is not in [0, 1]")]
    [InlineData("subsample", "0", "Hyperparameter subsample: 0 is not in (0, 1]")]
    [InlineData("gamma", "-1", "Hyperparameter gamma: -1 is not in [0, +inf)")]
    [InlineData("gamma", "nan", "Hyperparameter gamma: NaN is not in [0, +inf)")]
    [InlineData("max_depth", "deep", "Hyperparameter max_depth: could not parse value 'deep' as an integer")]
    [InlineData("max_depth", "2.5", "Hyperparameter max_depth: could not parse value '2.5' as an integer")]
    [InlineData("eta", "", "Hyperparameter eta: could not parse value '' as a number")]
    [InlineData("booster", "gbforest", "Hyperparameter booster: 'gbforest' is not one of gbtree, gblinear, dart")]
    [InlineData("num_round", "0", "Hyperparameter num_round: 0 is not in [1, 2147483647]")]
    [InlineData("eval_metric", "rmse,magic", "Hyperparameter eval_metric: metric 'magic' is not one of")]
    [InlineData("eval_metric", "auc@3", "Hyperparameter eval_metric: metric 'auc@3' is not supported; a value behind '@' is possible for error")]
    [InlineData("eval_metric", "error@x", "Hyperparameter eval_metric: the value in 'error@x' must be a number")]
    [InlineData("monotone_constraints", "(0, 2)", "Hyperparameter monotone_constraints: value (0, 2) not in range")]
    [InlineData("interaction_constraints", "[[0,1],2]", "Hyperparameter interaction_constraints: value [[0,1],2] not in range")]
    [InlineData("interaction_constraints", "[[0", "Hyperparameter interaction_constraints: could not parse value '[[0'")]
    [InlineData("learning_rate", "3", "Hyperparameter eta: 3 is not in [0, 1]")]
    public void Validate_WrongValue_SaysWhat(string name, string value, string expected)
    {
        Dictionary<string, string> values = new() { ["num_round"] = "10", [name] = value };

        var error = Assert.Single(Schema.Validate(values).Errors);

        Assert.StartsWith(expected.Replace("NaN", value, StringComparison.Ordinal), error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralProblems_NamesAll()
    {
        var result = Schema.Validate(new Dictionary<string, string> { ["eta"] = "x", ["foo"] = "1" });

        Assert.False(result.IsValid);
        Assert.Equal(3, result.Errors.Count);
        Assert.Contains("Missing required hyperparameter: num_round", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("objective", "multi:softmax", "Require input for parameter 'num_class' for multi-classification")]
    [InlineData("num_class", "3", "Do not need to setup parameter 'num_class'")]
    [InlineData("eval_metric", "auc", "Metric 'auc' can only be applied for classification and ranking problems")]
    [InlineData("updater", "refresh,magic", "Tree updater should be selected from these options")]
    [InlineData("updater", "grow_colmaker,grow_histmaker", "Only one tree grow plugin can be selected")]
    [InlineData("reg_alpha", "1", null)]
    [InlineData("eval_metric", "rmse, mae,tweedie-nloglik@1.5", null)]
    [InlineData("monotone_constraints", "(1,0,-1)", null)]
    [InlineData("sagemaker_job_name", "x", null)]
    public void Validate_ValuesTogether_FollowTheContainersRules(string name, string value, string? expected)
    {
        var result = Schema.Validate(new Dictionary<string, string> { ["num_round"] = "10", [name] = value });

        if (expected is null)
        {
            Assert.Empty(result.Errors);
        }
        else
        {
            Assert.StartsWith(expected, Assert.Single(result.Errors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Validate_Alias_IsGivenUnderTheMainName()
    {
        var values = Schema.Validate(new Dictionary<string, string> { ["num_round"] = " 10 ", ["learning_rate"] = "0.1" }).Values;

        Assert.Equal("0.1", values["eta"]);
        Assert.Equal("10", values["num_round"]);
    }

    [Fact]
    public void Specifications_EveryDefault_IsValidItself() =>
        Assert.All(Schema.Specifications, s => Assert.Null(s.DefaultValue is null ? null : s.Validate(s.DefaultValue)));

    [Theory]
    [InlineData("num_round")]
    [InlineData("alpha")]
    [InlineData("eta")]
    [InlineData("subsample")]
    [InlineData("max_depth")]
    [InlineData("min_child_weight")]
    public void Specifications_DocumentedAsTunable_Are(string name) => Assert.True(Schema.Find(name)!.IsTunable);
}
