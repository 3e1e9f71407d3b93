using Sagebrush.State.Logs;

namespace Sagebrush.Services.Logs.LiveTail;

/// <summary>An event on its way to a live tail.</summary>
internal readonly record struct TailedEvent(LogStreamKey Stream, LogLine Line, long Ingested);
