namespace Sagebrush.Services.Clarify;

/// <summary>An analysis cannot be done because of what the customer gave.</summary>
internal sealed class ClarifyException(string message) : Exception(message);
