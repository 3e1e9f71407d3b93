using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sagebrush.Serving.Batch;

[JsonSerializable(typeof(JsonNode))]
internal sealed partial class BatchJson : JsonSerializerContext;
