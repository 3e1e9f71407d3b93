namespace Sagebrush.Testing;

/// <summary>How AWS's clients find a server of a test.</summary>
public static class AwsClients
{
    /// <summary>
    /// The variables that lead clients to a server: its address, and for Python a module that makes a boto3 older than that variable heed it. Debian 12's is.
    /// </summary>
    /// <param name="server">The server's address.</param>
    public static IReadOnlyDictionary<string, string> Environment(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = server.ToString().TrimEnd('/'),
            ["PYTHONPATH"] = Path.Join(AppContext.BaseDirectory, "Python"),
        };
    }
}
