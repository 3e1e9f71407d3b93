namespace Sagebrush.Wire.Dispatch;

/// <summary>What the model says of one operation's HTTP form.</summary>
/// <param name="Name">The operation's name.</param>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Uri">Its URI template, such as <c>/{Bucket}/{Key+}?uploads</c>.</param>
/// <param name="StatusCode">The status of a success.</param>
/// <param name="In2022">Whether SageMaker had it in 2022.12.</param>
/// <param name="Unsigned">Whether it is called without a signature.</param>
/// <param name="Deprecated">Whether another operation has taken its place.</param>
/// <param name="RequiredQuery">Query parameters its input demands.</param>
/// <param name="RequiredHeaders">Headers its input demands.</param>
public sealed record OperationInfo(
    string Name,
    string Method,
    string Uri,
    int StatusCode,
    bool In2022,
    bool Unsigned,
    bool Deprecated,
    IReadOnlyList<string> RequiredQuery,
    IReadOnlyList<string> RequiredHeaders)
{
    internal static OperationInfo Parse(string line)
    {
        var fields = line.Split(' ');
        var flags = fields[4].Split(',');
        return new OperationInfo(
            fields[0],
            fields[1],
            fields[2],
            int.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture),
            flags.Contains("2022"),
            flags.Contains("unsigned"),
            flags.Contains("deprecated"),
            List(fields[5]),
            List(fields[6]));

        static string[] List(string text) => text == "-" ? [] : text.Split(',');
    }
}
