using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>One member of a structure, with the names and types it gets in C#.</summary>
internal sealed record MemberModel(
    int Index,
    string Name,
    string Property,
    string Shape,
    JsonElement Model,
    bool Required,
    bool Streaming,
    string Type,
    bool IsValueType);
