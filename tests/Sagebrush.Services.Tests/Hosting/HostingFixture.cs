using Sagebrush.Services.Tests.Hosting;

[assembly: AssemblyFixture(typeof(HostingFixture))]

namespace Sagebrush.Services.Tests.Hosting;

/// <summary>One server with two trained models, for all tests that do not stop it.</summary>
public sealed class HostingFixture : IAsyncLifetime
{
    /// <summary>A binary classifier of three features, as the training job leaves it.</summary>
    internal const string XGBoost = """
        import numpy as np, xgboost
        rng = np.random.RandomState(7)
        x = rng.rand(200, 3).astype("float32")
        b = xgboost.train({"objective": "binary:logistic", "max_depth": 3}, xgboost.DMatrix(x, label=(x.sum(axis=1) > 1.5)), 5)
        b.save_model("xgboost-model")
        """;

    /// <summary>A scikit-learn model with its handlers in <c>code/</c>.</summary>
    internal const string ScikitLearn = """
        import joblib
        from sklearn.datasets import load_iris
        from sklearn.tree import DecisionTreeClassifier
        x, y = load_iris(return_X_y=True)
        joblib.dump(DecisionTreeClassifier(random_state=0).fit(x, y), "model.joblib")
        os.mkdir("code")
        open("code/serve.py", "w").write('''
        import os, joblib
        def model_fn(model_dir):
            print("loading from", os.listdir(model_dir))
            return joblib.load(os.path.join(model_dir, "model.joblib"))
        '''.replace("\n        ", "\n"))
        """;

    internal HostingServer Server { get; private set; } = null!;

    internal string XGBoostUrl { get; private set; } = null!;

    internal string ScikitLearnUrl { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HostingServer.StartAsync();
        XGBoostUrl = await Server.TrainAsync("xgboost/model.tar.gz", XGBoost);
        ScikitLearnUrl = await Server.TrainAsync("sklearn/model.tar.gz", ScikitLearn);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
