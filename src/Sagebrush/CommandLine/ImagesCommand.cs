using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.Ecr;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>images</c>: what is in the image registry, and how an engine logs in to it.</summary>
internal static class ImagesCommand
{
    private const int ShownDigits = 12;

    public static Command Create(CommonOptions common)
    {
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            "images",
            "List the container images in the registry.",
            ($"{Invocation.Name} images", "repositories and their images, newest first"),
            ($"eval \"$({Invocation.Name} images login)\"", "log Podman in to the registry"),
            ($"{Invocation.Name} images --format json", "for a program"))
        { format, Login(common) };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var repositories = await RepositoriesAsync(client, cancellationToken);
            var images = await Task.WhenAll(repositories.Select(repository => ImagesAsync(client, repository.RepositoryName!, cancellationToken)));
            if (result.GetValue(format) == CommonOptions.Json)
            {
                Console.Out.WriteLine(new JsonArray([.. repositories.Zip(images, Json)]).ToJsonString(JsonOutput.Options));
            }
            else
            {
                WriteTable(repositories, images, common.DataOf(result));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand Login(CommonOptions common)
    {
        var engine = new Option<string>("--engine") { Description = "Whose command to print", DefaultValueFactory = _ => "podman" };
        engine.AcceptOnlyFromAmong("podman", "docker", "skopeo", "buildah");
        var command = new ExampleCommand(
            "login",
            "Print the command that logs a container engine in to the registry for twelve hours.",
            ($"eval \"$({Invocation.Name} images login)\"", "log Podman in"),
            ($"eval \"$({Invocation.Name} images login --engine docker)\"", "log Docker in"))
        { engine };
        command.SetAction(async (result, cancellationToken) =>
        {
            var connection = Connection.Require(common.DataOf(result));
            using var client = connection.OpenClient();
            var answer = await client.SendAsync(EcrApi.GetAuthorizationToken, new GetAuthorizationTokenRequest(), cancellationToken);
            var data = answer.AuthorizationData![0];
            var password = Encoding.UTF8.GetString(Convert.FromBase64String(data.AuthorizationToken!)).Split(':', 2)[1];
            var program = result.GetValue(engine)!;

            // Docker speaks plain HTTP to loopback by itself; the others are told to.
            var plain = program != "docker" && data.ProxyEndpoint!.StartsWith("http:", StringComparison.Ordinal) ? " --tls-verify=false" : "";
            Console.Out.WriteLine($"printf %s '{password}' | {program} login --username AWS --password-stdin{plain} {new Uri(data.ProxyEndpoint!).Authority}");
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<List<Repository>> RepositoriesAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var repositories = new List<Repository>();
        string? token = null;
        do
        {
            var page = await client.SendAsync(EcrApi.DescribeRepositories, new DescribeRepositoriesRequest { NextToken = token }, cancellationToken);
            repositories.AddRange(page.Repositories ?? []);
            token = page.NextToken;
        }
        while (token is not null);
        return repositories;
    }

    private static async Task<List<ImageDetail>> ImagesAsync(ApiClient client, string repository, CancellationToken cancellationToken)
    {
        var images = new List<ImageDetail>();
        string? token = null;
        do
        {
            var page = await client.SendAsync(EcrApi.DescribeImages, new DescribeImagesRequest { RepositoryName = repository, NextToken = token }, cancellationToken);
            images.AddRange(page.ImageDetails ?? []);
            token = page.NextToken;
        }
        while (token is not null);
        return [.. images.OrderByDescending(image => image.ImagePushedAt)];
    }

    private static void WriteTable(List<Repository> repositories, List<ImageDetail>[] images, DataDirectory data)
    {
        if (repositories.Count == 0)
        {
            Terminal.Error.MarkupLineInterpolated($"No repositories yet. 'aws ecr create-repository --repository-name NAME' makes one; 'eval \"$({Invocation.Line("images login", data)})\"' logs Podman in.");
            return;
        }

        var table = TablePicture.New("Repository", "Tags", "Digest", "Size", "Pushed");
        foreach (var (repository, own) in repositories.Zip(images))
        {
            if (own.Count == 0)
            {
                table.AddRow(Markup.Escape(repository.RepositoryUri!), "", "[grey]empty[/]", "", "");
            }

            foreach (var image in own)
            {
                table.AddRow(
                    Markup.Escape(repository.RepositoryUri!),
                    Markup.Escape(string.Join(", ", image.ImageTags ?? [])),
                    image.ImageDigest!["sha256:".Length..][..ShownDigits],
                    Size(image.ImageSizeInBytes ?? 0),
                    image.ImagePushedAt is { } pushed ? TablePicture.Time(pushed) : "");
            }
        }

        Terminal.Output.Write(table);
    }

    private static string Size(long bytes) => bytes switch
    {
        0 => "",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };

    private static JsonNode Json(Repository repository, List<ImageDetail> images) => new JsonObject
    {
        ["name"] = repository.RepositoryName,
        ["uri"] = repository.RepositoryUri,
        ["created"] = repository.CreatedAt?.ToString("O", CultureInfo.InvariantCulture),
        ["images"] = new JsonArray([.. images.Select(image => new JsonObject
        {
            ["digest"] = image.ImageDigest,
            ["tags"] = new JsonArray([.. (image.ImageTags ?? []).Select(tag => JsonValue.Create(tag))]),
            ["bytes"] = image.ImageSizeInBytes,
            ["mediaType"] = image.ImageManifestMediaType,
            ["pushed"] = image.ImagePushedAt?.ToString("O", CultureInfo.InvariantCulture),
        })]),
    };
}
