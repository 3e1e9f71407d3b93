namespace Sagebrush.Services.Iam;

/// <summary>What IAM needs to know of the program around it.</summary>
/// <param name="Folder">Where the key is kept that users' secrets are encrypted with.</param>
public sealed record IamOptions(string Folder);
