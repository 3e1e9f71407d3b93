namespace Sagebrush.Serving.Python;

/// <summary>Whose conventions a model's default handlers follow.</summary>
public enum PythonFramework
{
    /// <summary>The scikit-learn image: NumPy arrays in, <c>model.predict</c>.</summary>
    ScikitLearn,

    /// <summary>The XGBoost image in script mode: DMatrix in, <c>Booster.predict</c>.</summary>
    XGBoost,
}
