using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services;

/// <summary>Refusals that SageMaker words alike in many operations.</summary>
internal static class Refusals
{
    /// <summary>What was asked for breaks a rule the model does not hold.</summary>
    public static ServiceException Validation(string message) => new("ValidationException", message);

    /// <summary>There is nothing of that name. SageMaker answers so instead of with <c>ResourceNotFound</c>; its SDK looks for these words.</summary>
    public static ServiceException NotFound() => Validation("Requested resource not found.");

    /// <summary>The page token is not one of this list's.</summary>
    public static ServiceException InvalidToken() => Validation("Invalid pagination token: NextToken was not issued for this list. Start again without it.");
}
