using Sagebrush.Contracts.Iam;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam;

/// <summary>Users: the root user is the only one.</summary>
internal sealed class UserOperations(CredentialsStore credentials)
{
    public void Map(ApiMap api) => api.Map(IamApi.GetUser, (request, context, _) => new(Get(request, context)));

    private GetUserResponse Get(GetUserRequest request, CallContext context)
    {
        if (request.UserName is { } name)
        {
            throw IamErrors.NoSuchEntityException($"The user with name {name} cannot be found.");
        }

        var root = credentials.Root.Principal;
        return context.Principal.Arn == root.Arn
            ? new GetUserResponse { User = new User { Path = "/", UserName = "root", UserId = root.UserId, Arn = root.Arn, CreateDate = credentials.Created } }
            : throw new ServiceException("ValidationError", "Must specify userName when calling with non-User credentials");
    }
}
