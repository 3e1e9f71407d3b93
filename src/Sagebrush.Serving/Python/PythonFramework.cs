namespace Sagebrush.Serving.Python;

/// <summary>Whose conventions a model's default handlers follow.</summary>
public enum PythonFramework
{
    /// <summary>The scikit-learn image: NumPy arrays in, <c>model.predict</c>.</summary>
    ScikitLearn,

    /// <summary>The XGBoost image in script mode: DMatrix in, <c>Booster.predict</c>.</summary>
    XGBoost,

    /// <summary>The PyTorch image: tensors in, the model called without gradients; TorchScript needs no script.</summary>
    PyTorch,

    /// <summary>The Hugging Face image: a pipeline of Transformers, which needs no script.</summary>
    HuggingFace,
}
