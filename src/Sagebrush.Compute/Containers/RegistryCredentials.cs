namespace Sagebrush.Compute.Containers;

/// <summary>What a registry asks for.</summary>
/// <param name="UserName">The user.</param>
/// <param name="Password">The password or token.</param>
public sealed record RegistryCredentials(string UserName, string Password);
