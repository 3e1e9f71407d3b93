using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Ecr.Access;

/// <summary>Who speaks to the registry.</summary>
/// <param name="Principal">Who it is.</param>
/// <param name="Region">The region the password is for.</param>
internal sealed record RegistryCaller(Principal Principal, string Region);
