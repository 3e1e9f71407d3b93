using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>Words a refused call as its service does.</summary>
internal static class AccessRefusals
{
    public static ServiceException Make(CallContext context, ServiceModel service, AuthorizationQuestion question, AccessVerdict verdict)
    {
        if (context.Principal.IsAnonymous)
        {
            return new ServiceException("AccessDenied", "Access Denied", 403);
        }

        var resource = question.Resource == "*" ? "*" : question.Resource;
        var quoted = service.SigningName == "s3" ? $"\"{resource}\"" : resource;
        var message = $"User: {context.PrincipalArn} is not authorized to perform: {question.Action} on resource: {quoted} {verdict.ReasonFor(question.Action)}";
        return service.SigningName == "sns" ? new ServiceException("AuthorizationError", message, 403)
            : service.Speaks("rest-xml") || service.Protocols[0] == "query" ? new ServiceException("AccessDenied", message, 403)
            : new ServiceException("AccessDeniedException", message, service.Speaks("rest-json") ? 403 : 400);
    }
}
