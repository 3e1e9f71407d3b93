using System.Text;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The ARNs that policies know the resources of a request by.</summary>
internal sealed class ResourceArns(RoleDirectory roles, UserDirectory users, GroupDirectory groups)
{
    /// <summary>The resource an operation is about, or <c>*</c> where it is about none in particular.</summary>
    public async ValueTask<string> OfAsync(
        CallContext context, ServiceModel service, string operation, IReadOnlyDictionary<string, string> labels, RequestMembers members, CancellationToken cancellationToken)
    {
        string? Text(string name) => labels.GetValueOrDefault(name) ?? members.Top.GetValueOrDefault(name);

        switch (service.SigningName)
        {
            case "s3":
                return Text("Bucket") is not { Length: > 0 } bucket ? "*" : Text("Key") is { Length: > 0 } key ? $"arn:aws:s3:::{bucket}/{key}" : $"arn:aws:s3:::{bucket}";
            case "sns":
                return Text("SubscriptionArn") ?? Text("TopicArn") ?? Text("TargetArn") ?? Text("ResourceArn")
                    ?? (operation == "CreateTopic" && Text("Name") is { } topic ? context.Arn("sns", topic) : "*");
            case "sts":
                return Text("RoleArn") ?? "*";
            case "iam":
                return await IdentityAsync(context, Text, cancellationToken);
            case "logs":
                return Text("resourceArn") ?? Text("logGroupIdentifier")
                    ?? (Text("logGroupName") is not { } group ? "*"
                        : Text("logStreamName") is { } stream ? context.Arn("logs", $"log-group:{group}:log-stream:{stream}") : context.Arn("logs", $"log-group:{group}"));
            case "ecr":
                return Text("resourceArn") ?? (Text("repositoryName") is { } repository ? context.Arn("ecr", $"repository/{repository}") : "*");
            case "monitoring":
                return Text("ResourceARN") ?? (Text("AlarmName") is { } alarm ? context.Arn("cloudwatch", $"alarm:{alarm}") : "*");
            case "sagemaker":
                return SageMaker(context, operation, labels, members);
            default:
                return members.Top.FirstOrDefault(member => member.Key.EndsWith("Arn", StringComparison.OrdinalIgnoreCase) && member.Value.StartsWith("arn:", StringComparison.Ordinal)).Value ?? "*";
        }
    }

    /// <summary><c>TrainingJob</c> as SageMaker's ARNs write it: <c>training-job</c>.</summary>
    internal static string Kebab(string noun)
    {
        var text = new StringBuilder(noun.Replace("AutoML", "Automl", StringComparison.Ordinal));
        for (var i = text.Length - 1; i > 0; i--)
        {
            if (char.IsUpper(text[i]) && !char.IsUpper(text[i - 1]))
            {
                text.Insert(i, '-');
            }
        }

        return text.ToString().ToLowerInvariant();
    }

    /// <summary>
    /// The noun of the operation tells which member names the resource: <c>CreateTrainingJob</c> the <c>TrainingJobName</c>. Operations
    /// that take an ARN name the resource by it; lists are about none.
    /// </summary>
    private static string SageMaker(CallContext context, string operation, IReadOnlyDictionary<string, string> labels, RequestMembers members)
    {
        if (operation.StartsWith("List", StringComparison.Ordinal) || operation is "Search")
        {
            return members.Top.GetValueOrDefault("ResourceArn") ?? "*";
        }

        var candidates = labels.Concat(members.Top.Where(member => !labels.ContainsKey(member.Key)))
            .Select(member => (Noun: Noun(member.Key), member.Value))
            .Where(member => member.Noun is not null && member.Value.Length > 0)
            .ToList();
        var named = candidates
            .Where(member => operation.Contains(member.Noun!, StringComparison.Ordinal))
            .OrderByDescending(member => member.Noun!.Length)
            .FirstOrDefault();
        if (named.Value is null)
        {
            named = candidates.FirstOrDefault(member => member.Noun is "Resource" or "Endpoint" or "FeatureGroup");
        }

        // Where an ARN may stand for the name, it is taken as it is.
        return named.Value is null ? "*"
            : named.Value.StartsWith("arn:", StringComparison.Ordinal) ? named.Value
            : context.Arn("sagemaker", $"{Kebab(named.Noun!)}/{Path(named.Noun!, named.Value, members)}".ToLowerInvariant());
    }

    private static string Path(string noun, string value, RequestMembers members) => noun switch
    {
        "UserProfile" or "Space" when members.Top.GetValueOrDefault("DomainId") is { } domain => $"{domain}/{value}",
        "App" when members.Top.GetValueOrDefault("DomainId") is { } domain =>
            $"{domain}/{members.Top.GetValueOrDefault("UserProfileName") ?? members.Top.GetValueOrDefault("SpaceName")}/{members.Top.GetValueOrDefault("AppType")}/{value}",
        _ => value,
    };

    private static string? Noun(string member)
    {
        foreach (var ending in (ReadOnlySpan<string>)["NameOrArn", "Name", "Arn", "Id"])
        {
            if (member.Length > ending.Length && member.EndsWith(ending, StringComparison.Ordinal))
            {
                return member[..^ending.Length];
            }
        }

        return null;
    }

    private async ValueTask<string> IdentityAsync(CallContext context, Func<string, string?> text, CancellationToken cancellationToken)
    {
        if (text("PolicyArn") is { } policy && text("RoleName") is null && text("UserName") is null && text("GroupName") is null)
        {
            return policy;
        }

        var path = text("Path") ?? "/";
        if (text("RoleName") is { Length: > 0 } role)
        {
            return await roles.FindAsync(context.AccountId, role, cancellationToken) is { } found ? found.Arn : RoleDirectory.Arn(context.AccountId, path, role);
        }

        if (text("GroupName") is { Length: > 0 } group)
        {
            return await groups.FindAsync(context.AccountId, group, cancellationToken) is { } found ? found.Arn : GroupDirectory.Arn(context.AccountId, path, group);
        }

        if (text("UserName") is { Length: > 0 } user)
        {
            return await users.FindAsync(context.AccountId, user, cancellationToken) is { } found ? found.Arn : UserDirectory.Arn(context.AccountId, path, user);
        }

        // Operations about a user are about the caller when they name none.
        return text("PolicyName") is { } name ? $"arn:aws:iam::{context.AccountId}:policy{path}{name}" : context.Principal.IdentityArn;
    }
}
