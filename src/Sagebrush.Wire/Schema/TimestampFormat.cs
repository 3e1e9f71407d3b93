namespace Sagebrush.Wire.Schema;

/// <summary>How a timestamp is written; <see cref="Default"/> leaves it to the protocol and the location.</summary>
public enum TimestampFormat
{
    /// <summary>Epoch seconds in JSON, ISO 8601 in XML and query strings, an HTTP date in headers.</summary>
    Default,

    /// <summary>Seconds since 1970, with a fraction.</summary>
    EpochSeconds,

    /// <summary>ISO 8601 in UTC, such as <c>2022-12-01T10:00:00Z</c>.</summary>
    Iso8601,

    /// <summary>An RFC 7231 date, such as <c>Thu, 01 Dec 2022 10:00:00 GMT</c>.</summary>
    HttpDate,
}
