namespace Sagebrush.Services.Images;

/// <summary>A framework whose images run a user's script.</summary>
/// <param name="Name">What it is called here, also in the configuration: <c>pytorch</c>.</param>
/// <param name="TrainingModule">The module that AWS's image trains with, told to scripts.</param>
internal sealed record Framework(string Name, string TrainingModule)
{
    private static readonly Framework ScikitLearn = new("scikit-learn", "sagemaker_sklearn_container.training:main");
    private static readonly Framework XGBoost = new("xgboost", "sagemaker_xgboost_container.training:main");
    private static readonly Framework PyTorch = new("pytorch", "sagemaker_pytorch_container.training:main");
    private static readonly Framework TensorFlow = new("tensorflow", "sagemaker_tensorflow_container.training:main");
    private static readonly Framework MXNet = new("mxnet", "sagemaker_mxnet_container.training:main");
    private static readonly Framework Chainer = new("chainer", "sagemaker_chainer_container.training:main");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Framework> All { get; } = [ScikitLearn, XGBoost, PyTorch, TensorFlow, MXNet, Chainer];

    /// <summary>The framework whose training image a repository holds; null for other repositories.</summary>
    public static Framework? OfTraining(string repository) => repository switch
    {
        "sagemaker-scikit-learn" => ScikitLearn,
        "sagemaker-xgboost" => XGBoost,
        "pytorch-training" or "sagemaker-pytorch" or "pytorch-training-neuron" or "pytorch-training-neuronx" or "pytorch-trcomp-training" or "smdistributed-modelparallel"
            or "huggingface-pytorch-training" or "huggingface-pytorch-training-neuronx" or "huggingface-pytorch-trcomp-training" => PyTorch,
        "tensorflow-training" or "sagemaker-tensorflow" or "sagemaker-tensorflow-scriptmode" or "huggingface-tensorflow-training" or "huggingface-tensorflow-trcomp-training"
            or "sagemaker-rl-tensorflow" or "sagemaker-rl-ray-container" or "sagemaker-rl-coach-container" or "sagemaker-rl-vw-container" => TensorFlow,
        "mxnet-training" or "sagemaker-mxnet" or "sagemaker-rl-mxnet" or "autogluon-training" => MXNet,
        "sagemaker-chainer" => Chainer,
        _ => null,
    };

    /// <summary>The framework whose image serves a model's Python handlers; null for other repositories.</summary>
    public static Framework? OfServing(string repository) => repository switch
    {
        "sagemaker-scikit-learn" => ScikitLearn,
        "xgboost" or "sagemaker-xgboost" => XGBoost,
        "pytorch-inference" or "pytorch-inference-eia" or "pytorch-inference-graviton" or "pytorch-inference-neuron" or "pytorch-inference-neuronx"
            or "sagemaker-pytorch" or "sagemaker-pytorch-eia" => PyTorch,
        _ when IsHuggingFaceServing(repository) => PyTorch,
        _ => null,
    };

    /// <summary>Whether a repository holds Hugging Face's image for models of PyTorch.</summary>
    public static bool IsHuggingFaceServing(string repository) =>
        repository is "huggingface-pytorch-inference" or "huggingface-pytorch-inference-neuron" or "huggingface-pytorch-inference-neuronx";
}
