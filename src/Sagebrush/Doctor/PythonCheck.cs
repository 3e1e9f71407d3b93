using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Doctor;

/// <summary>Is the Python there that runs training scripts and inference handlers, with what they import?</summary>
internal static class PythonCheck
{
    private const string Subject = "python";
    private const string Python = "/usr/bin/python3";

    private static readonly string[] Packages = ["numpy", "pandas", "sklearn", "joblib"];

    // Told where they are there; those who want their images' scripts to run install them, or name another Python with `up --python`.
    private static readonly string[] Frameworks = ["torch", "tensorflow", "mxnet", "chainer", "transformers", "xgboost"];

    // Versions come from the packages' metadata: importing them all would take seconds.
    private const string Script = """
        import importlib.util, json, platform, sys
        from importlib import metadata
        names = {"sklearn": "scikit-learn"}
        def version(name):
            if importlib.util.find_spec(name) is None:
                return None
            try:
                return metadata.version(names.get(name, name))
            except metadata.PackageNotFoundError:
                return ""
        print(json.dumps({"python": platform.python_version(), **{name: version(name) for name in sys.argv[1:]}}))
        """;

    public static async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Python))
        {
            return new(Subject, Health.Limited, $"{Python} is missing: scikit-learn scripts and their models cannot run", "apt-get install python3 python3-sklearn python3-pandas");
        }

        var (exitCode, output) = await Probe.RunAsync(Python, ["-c", Script, .. Packages, .. Frameworks], cancellationToken);
        if (exitCode != 0 || Parse(output) is not { } versions)
        {
            return new(Subject, Health.Limited, $"{Python} does not work: {output.Trim()}", "apt-get install --reinstall python3");
        }

        var missing = Packages.Where(name => versions[name] is null).ToList();
        var detail = $"{Python} {versions["python"]}" + string.Concat(Packages.Except(missing).Select(name => $", {name} {versions[name]}"));
        var frameworks = Frameworks.Where(name => versions[name] is not null).ToList();
        detail += frameworks.Count == 0 ? "; no deep learning framework" : string.Concat(frameworks.Select(name => $", {name} {versions[name]}"));
        return missing.Count == 0
            ? new(Subject, Health.Good, detail)
            : new(Subject, Health.Limited, $"{detail}; without {string.Join(", ", missing)}", $"apt-get install {string.Join(' ', missing.Select(name => $"python3-{name}"))}");
    }

    private static JsonObject? Parse(string output)
    {
        try
        {
            return JsonNode.Parse(output) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
