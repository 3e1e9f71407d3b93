using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A container of a variant, and where its files are.</summary>
/// <param name="Container">The container.</param>
/// <param name="Name">Its host name, for messages and for requests that name it.</param>
/// <param name="ModelFolder">Where its archive is unpacked.</param>
/// <param name="CodeFolder">Where its code is unpacked, when that is an archive of its own.</param>
internal sealed record ContainerPlace(ContainerDefinition Container, string Name, string ModelFolder, string CodeFolder);
