namespace Sagebrush.Services.Iam.Authorization;

/// <summary>One action on one resource; a call may ask several at once.</summary>
/// <param name="Action">The action, such as <c>s3:GetObject</c>.</param>
/// <param name="Resource">The ARN of the resource, or <c>*</c>.</param>
internal readonly record struct AuthorizationQuestion(string Action, string Resource)
{
    /// <summary>The service that a role is handed to; <c>iam:PassRole</c> only.</summary>
    public string? PassedToService { get; init; }
}
