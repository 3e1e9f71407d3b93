using Sagebrush.Contracts.Iam;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>Checks policy documents when they come in.</summary>
internal static class PolicyDocument
{
    /// <summary>Checks a policy given to a user or role.</summary>
    /// <exception cref="ServiceException"><c>MalformedPolicyDocument</c>.</exception>
    public static void Check(string document)
    {
        if (Problem(document) is { } problem)
        {
            throw IamErrors.MalformedPolicyDocumentException(problem);
        }
    }

    /// <summary>What is wrong with the document, or null.</summary>
    public static string? Problem(string document)
    {
        try
        {
            Policies.Policy.Parse(document);
            return null;
        }
        catch (FormatException problem)
        {
            return problem.Message;
        }
    }
}
