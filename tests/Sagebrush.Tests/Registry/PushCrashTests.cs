using System.Text.Json;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Registry;

/// <summary>The server is killed while an image is pushed.</summary>
public sealed class PushCrashTests : IDisposable
{
    private const string Push = """
        import base64, hashlib, json, os, sys, urllib.error, urllib.request, boto3
        endpoint, step = os.environ["AWS_ENDPOINT_URL"].rstrip("/"), sys.argv[1]
        ecr = boto3.client("ecr")
        token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        layer, config = bytes(range(256)) * 40000, b'{"os":"linux"}'
        digest = lambda content: "sha256:" + hashlib.sha256(content).hexdigest()

        def send(method, path, body=None, **headers):
            request = urllib.request.Request(endpoint + path, data=body, method=method, headers={"Authorization": "Basic " + token, **headers})
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()

        if step == "begin":
            ecr.create_repository(repositoryName="crash")
            send("POST", "/v2/crash/blobs/uploads/?digest=" + digest(config), config)
            location = send("POST", "/v2/crash/blobs/uploads/", b"")[1]["Location"]
            send("PATCH", location, layer[:3000000])
            print(location)
        else:
            location = sys.argv[2]
            there = int(send("GET", location)[1]["Range"].split("-")[1]) + 1
            assert there >= 3000000, there
            send("PATCH", location, layer[there:], **{"Content-Range": f"{there}-{len(layer) - 1}"})
            assert send("PUT", location + "?digest=" + digest(layer), b"")[0] == 201
            kind = "application/vnd.oci.image.manifest.v1+json"
            descriptor = lambda content: {"mediaType": "application/octet-stream", "size": len(content), "digest": digest(content)}
            manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": descriptor(config), "layers": [descriptor(layer)]}).encode()
            assert send("PUT", "/v2/crash/manifests/v1", manifest, **{"Content-Type": kind})[0] == 201
            assert send("GET", "/v2/crash/blobs/" + digest(layer))[2] == layer
            print(digest(manifest))
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill9_UploadUnderWay_GoesOnAfterTheRestartAndNothingIsLost()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (first, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var killed = first;
        var location = await RunAsync(url, "begin");

        killed.Signal(ProgramUnderTest.Kill);
        await killed.EndAsync(cancellationToken);

        var (second, newUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var restarted = second;
        var digest = await RunAsync(newUrl, "resume", location);
        restarted.Signal(ProgramUnderTest.Kill);
        await restarted.EndAsync(cancellationToken);

        var (third, _) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var last = third;
        using var images = JsonDocument.Parse((await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "images", "--format", "json")).Output);
        var image = Assert.Single(Assert.Single(images.RootElement.EnumerateArray()).GetProperty("images").EnumerateArray());
        Assert.Equal(digest, image.GetProperty("digest").GetString());
        Assert.Equal("v1", Assert.Single(image.GetProperty("tags").EnumerateArray()).GetString());
    }

    private async Task<string> RunAsync(Uri url, params string[] step) =>
        (await ClientScript.RunAsync(_data.Path, url, ["-c", Push, .. step])).Split('\n')[0].Trim();
}
