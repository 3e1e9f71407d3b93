namespace Sagebrush.Services.Iam;

/// <summary>AWS's own managed policies that users of SageMaker attach, as far as their services are here.</summary>
internal static class AwsPolicies
{
    private static readonly string[] ReadVerbs = ["Get*", "List*", "Describe*", "BatchGet*", "BatchDescribe*", "Search*", "Filter*", "Tail*", "StartQuery"];

    private static readonly Dictionary<string, string> Documents = new(StringComparer.Ordinal)
    {
        ["AdministratorAccess"] = Allow("*"),
        ["PowerUserAccess"] = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["iam:ListRoles","iam:CreateServiceLinkedRole"],"Resource":"*"}]}""",
        ["ReadOnlyAccess"] = Allow([.. new[] { "s3", "sagemaker", "logs", "cloudwatch", "sns", "iam", "ecr", "events", "application-autoscaling", "athena" }.SelectMany(Read)]),
        ["IAMFullAccess"] = Allow("iam:*"),
        ["IAMReadOnlyAccess"] = Allow([.. Read("iam"), "iam:Simulate*"]),
        ["AmazonS3FullAccess"] = Allow("s3:*"),
        ["AmazonS3ReadOnlyAccess"] = Allow("s3:Get*", "s3:List*", "s3:Describe*"),
        ["AmazonSNSFullAccess"] = Allow("sns:*"),
        ["AmazonSNSReadOnlyAccess"] = Allow("sns:Get*", "sns:List*", "sns:CheckIf*"),
        ["CloudWatchFullAccess"] = Allow("cloudwatch:*", "logs:*", "sns:*", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole"),
        ["CloudWatchFullAccessV2"] = Allow("cloudwatch:*", "logs:*", "sns:CreateTopic", "sns:ListSubscriptions", "sns:ListSubscriptionsByTopic", "sns:ListTopics", "sns:Subscribe"),
        ["CloudWatchReadOnlyAccess"] = Allow([.. Read("cloudwatch"), .. Read("logs"), "sns:Get*", "sns:List*"]),
        ["CloudWatchLogsFullAccess"] = Allow("logs:*", "cloudwatch:GenerateQuery"),
        ["CloudWatchLogsReadOnlyAccess"] = Allow([.. Read("logs"), "logs:TestMetricFilter", "logs:StopQuery"]),
        ["AmazonEC2ContainerRegistryFullAccess"] = Allow("ecr:*"),
        ["AmazonEC2ContainerRegistryReadOnly"] = Allow([.. Read("ecr"), "ecr:BatchCheckLayerAvailability"]),
        ["AmazonEC2ContainerRegistryPowerUser"] = Allow(
            [.. Read("ecr"), "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"]),
        ["AmazonSageMakerReadOnly"] = Allow([.. Read("sagemaker"), "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]),
        ["AmazonSageMakerFullAccess"] = SageMaker(),
    };

    public static IEnumerable<string> Names => Documents.Keys;

    /// <summary>The document of a policy of AWS's, or null for one that is not here.</summary>
    public static string? Find(string arn) => Documents.GetValueOrDefault(arn[(arn.LastIndexOf('/') + 1)..]);

    private static IEnumerable<string> Read(string service) => ReadVerbs.Select(verb => $"{service}:{verb}");

    private static string Allow(params string[] actions) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["{{string.Join("\",\"", actions)}}"],"Resource":"*"}]}""";

    // As at AWS: everything of SageMaker; objects only in buckets that have "sagemaker" in their names.
    private static string SageMaker() => """
        {"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["sagemaker:*","logs:*","cloudwatch:*","ecr:*","application-autoscaling:*","events:Describe*","events:List*","events:PutRule","events:PutTargets","iam:ListRoles","iam:GetRole",
          "s3:CreateBucket","s3:GetBucketLocation","s3:ListBucket","s3:ListAllMyBuckets","s3:GetBucketCORS","s3:PutBucketCORS","sns:ListTopics"],"Resource":"*"},
        {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload","s3:GetObjectTagging","s3:PutObjectTagging","s3:ListMultipartUploadParts","s3:GetObjectVersion"],
          "Resource":["arn:aws:s3:::*SageMaker*","arn:aws:s3:::*Sagemaker*","arn:aws:s3:::*sagemaker*","arn:aws:s3:::*aws-glue*"]},
        {"Effect":"Allow","Action":["sns:Subscribe","sns:CreateTopic","sns:Publish"],"Resource":["arn:aws:sns:*:*:*SageMaker*","arn:aws:sns:*:*:*Sagemaker*","arn:aws:sns:*:*:*sagemaker*"]},
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/*AmazonSageMaker*","Condition":{"StringEquals":{"iam:PassedToService":["sagemaker.amazonaws.com","events.amazonaws.com"]}}}]}
        """;
}
