using Microsoft.Extensions.Logging;

using Sagebrush.Server;

var options = new ServerOptions
{
    DataDirectory = Option("--data") ?? Environment.GetEnvironmentVariable("SAGEBRUSH_DATA")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".sagebrush"),
    Port = int.Parse(Option("--port") ?? "8080", System.Globalization.CultureInfo.InvariantCulture),
};
await using var server = await SagebrushServer.StartAsync(options, logging => logging.AddConsole(), CancellationToken.None);
Console.WriteLine($"Sagebrush is ready at {server.Url}");
await server.WaitForShutdownAsync(CancellationToken.None);
return 0;

string? Option(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
