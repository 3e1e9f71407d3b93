using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.Iam;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>users</c>: people and programs with keys of their own.</summary>
internal static class UsersCommand
{
    public static Command Create(CommonOptions common) => new ExampleCommand(
        "users",
        "Give people and programs access keys of their own.",
        ($"{Invocation.Name} users add ada --policy AmazonSageMakerFullAccess", "a user with a key and what it may do"),
        ($"{Invocation.Name} users rotate ada", "a new key in place of the old ones"),
        ($"{Invocation.Name} users list", "who there is"))
    { Add(common), List(common), Rotate(common), Remove(common) };

    private static ExampleCommand Add(CommonOptions common)
    {
        var name = Name();
        var policies = new Option<string[]>("--policy")
        {
            Description = "A managed policy to attach, by ARN or by the name of one of AWS's; may be given several times",
            HelpName = "POLICY",
        };
        var format = CommonOptions.Format("text", CommonOptions.Json);
        var command = new ExampleCommand("add", "Make a user and its first access key.", ($"{Invocation.Name} users add ada --policy AmazonS3FullAccess", "may do everything with S3"))
        { name, policies, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var user = result.GetValue(name)!;
            await client.SendAsync(IamApi.CreateUser, new CreateUserRequest { UserName = user }, cancellationToken);
            foreach (var policy in result.GetValue(policies) ?? [])
            {
                var arn = policy.StartsWith("arn:", StringComparison.Ordinal) ? policy : $"arn:aws:iam::aws:policy/{policy}";
                await client.SendAsync(IamApi.AttachUserPolicy, new AttachUserPolicyRequest { UserName = user, PolicyArn = arn }, cancellationToken);
            }

            var made = await client.SendAsync(IamApi.CreateAccessKey, new CreateAccessKeyRequest { UserName = user }, cancellationToken);
            Show(made.AccessKey, result.GetValue(format)!);
            return ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand List(CommonOptions common)
    {
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand("list", "List users and their keys, without secrets.", ($"{Invocation.Name} users list --format json", "for a program")) { format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var users = await AllAsync(client, cancellationToken);
            var keys = await Task.WhenAll(users.Select(user =>
                client.SendAsync(IamApi.ListAccessKeys, new ListAccessKeysRequest { UserName = user.UserName }, cancellationToken)));
            if (result.GetValue(format) == CommonOptions.Json)
            {
                Console.Out.WriteLine(new JsonArray([.. users.Zip(keys, Json)]).ToJsonString(JsonOutput.Options));
                return ExitCode.Success;
            }

            var table = TablePicture.New("User", "Keys", "Created");
            foreach (var (user, own) in users.Zip(keys))
            {
                table.AddRow(
                    Markup.Escape(user.UserName),
                    string.Join(", ", (own.AccessKeyMetadata ?? []).Select(key => key.Status == StatusType.Active ? key.AccessKeyId : $"{key.AccessKeyId} (inactive)")),
                    TablePicture.Time(user.CreateDate));
            }

            Terminal.Output.Write(table);
            return ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand Rotate(CommonOptions common)
    {
        var name = Name();
        var format = CommonOptions.Format("text", CommonOptions.Json);
        var command = new ExampleCommand("rotate", "Give a user a new key; the old ones end at once.", ($"{Invocation.Name} users rotate ada", "print the new key")) { name, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var user = result.GetValue(name)!;
            var old = await client.SendAsync(IamApi.ListAccessKeys, new ListAccessKeysRequest { UserName = user }, cancellationToken);
            await DeleteAsync(client, user, old, cancellationToken);
            var made = await client.SendAsync(IamApi.CreateAccessKey, new CreateAccessKeyRequest { UserName = user }, cancellationToken);
            Show(made.AccessKey, result.GetValue(format)!);
            return ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand Remove(CommonOptions common)
    {
        var name = Name();
        var command = new ExampleCommand("remove", "Remove a user, its keys and its policies.", ($"{Invocation.Name} users remove ada", "its keys sign no more")) { name };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var user = result.GetValue(name)!;
            await DeleteAsync(client, user, await client.SendAsync(IamApi.ListAccessKeys, new ListAccessKeysRequest { UserName = user }, cancellationToken), cancellationToken);
            var inline = await client.SendAsync(IamApi.ListUserPolicies, new ListUserPoliciesRequest { UserName = user }, cancellationToken);
            foreach (var policy in inline.PolicyNames ?? [])
            {
                await client.SendAsync(IamApi.DeleteUserPolicy, new DeleteUserPolicyRequest { UserName = user, PolicyName = policy }, cancellationToken);
            }

            var attached = await client.SendAsync(IamApi.ListAttachedUserPolicies, new ListAttachedUserPoliciesRequest { UserName = user }, cancellationToken);
            foreach (var policy in attached.AttachedPolicies ?? [])
            {
                await client.SendAsync(IamApi.DetachUserPolicy, new DetachUserPolicyRequest { UserName = user, PolicyArn = policy.PolicyArn! }, cancellationToken);
            }

            await client.SendAsync(IamApi.DeleteUser, new DeleteUserRequest { UserName = user }, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The user's name" };

    private static async Task DeleteAsync(ApiClient client, string user, ListAccessKeysResponse keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys.AccessKeyMetadata ?? [])
        {
            await client.SendAsync(IamApi.DeleteAccessKey, new DeleteAccessKeyRequest { UserName = user, AccessKeyId = key.AccessKeyId! }, cancellationToken);
        }
    }

    private static async Task<List<User>> AllAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var users = new List<User>();
        string? marker = null;
        do
        {
            var page = await client.SendAsync(IamApi.ListUsers, new ListUsersRequest { Marker = marker }, cancellationToken);
            users.AddRange(page.Users ?? []);
            marker = page.IsTruncated == true ? page.Marker : null;
        }
        while (marker is not null);
        return users;
    }

    private static void Show(AccessKey key, string format)
    {
        if (format == CommonOptions.Json)
        {
            Console.Out.WriteLine(new JsonObject { ["user"] = key.UserName, ["accessKeyId"] = key.AccessKeyId, ["secretAccessKey"] = key.SecretAccessKey }.ToJsonString(JsonOutput.Options));
            return;
        }

        Console.Out.WriteLine($"export AWS_ACCESS_KEY_ID={key.AccessKeyId}");
        Console.Out.WriteLine($"export AWS_SECRET_ACCESS_KEY={key.SecretAccessKey}");
        Terminal.Error.MarkupLineInterpolated($"The secret is shown this once. '{Invocation.Name} users rotate {key.UserName}' makes another.");
    }

    private static JsonNode Json(User user, ListAccessKeysResponse keys) => new JsonObject
    {
        ["name"] = user.UserName,
        ["arn"] = user.Arn,
        ["created"] = user.CreateDate.ToString("O", CultureInfo.InvariantCulture),
        ["keys"] = new JsonArray([.. (keys.AccessKeyMetadata ?? []).Select(key => new JsonObject { ["accessKeyId"] = key.AccessKeyId, ["status"] = key.Status })]),
    };
}
