using System.Buffers;
using System.Text;

using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>What holds for a whole registry: one per account and region.</summary>
internal sealed class Registries(IResourceStore store)
{
    private const string Name = "registry";

    private readonly ResourceSet<RegistryDocument> _registries = store.For(EcrKinds.Registry);

    /// <summary>A setting, as it was written; null where there is none.</summary>
    public static TShape? Read<TShape>(string? text)
        where TShape : class, IShape, new() => text is null ? null : ShapeJson.Read<TShape>(Encoding.UTF8.GetBytes(text));

    /// <summary>A setting as text.</summary>
    public static string Write(IShape shape)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ShapeJson.Write(shape, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public async ValueTask<RegistryDocument> GetAsync(CallContext context, CancellationToken cancellationToken) =>
        (await _registries.FindAsync(Key(context), cancellationToken))?.Document ?? new RegistryDocument();

    public async ValueTask UpdateAsync(CallContext context, Func<RegistryDocument, RegistryDocument> change, CancellationToken cancellationToken)
    {
        while (await _registries.UpdateAsync(Key(context), change, cancellationToken) is null
            && await _registries.TryAddAsync(Key(context), context.Arn("ecr", Name), change(new RegistryDocument()), null, cancellationToken) is null)
        {
            // Somebody else was first: change what is there now.
        }
    }

    private ResourceKey Key(CallContext context) => _registries.Key(context.AccountId, context.Region, Name);
}
