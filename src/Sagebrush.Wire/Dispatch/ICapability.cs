namespace Sagebrush.Wire.Dispatch;

/// <summary>A part of the product that handles operations; each says once which ones.</summary>
public interface ICapability
{
    /// <summary>Maps the capability's operations.</summary>
    void Map(ApiMap api);
}
