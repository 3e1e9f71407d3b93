using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Access control lists, which S3 has off by default and this server always.</summary>
internal static class CannedAcl
{
    /// <summary>Accepts what says no more than that the owner owns it.</summary>
    /// <exception cref="ServiceException">The list would let somebody else in.</exception>
    public static void Require(string? acl)
    {
        if (acl is not (null or "" or "private" or "bucket-owner-full-control"))
        {
            throw new ServiceException(S3Codes.AccessControlListNotSupported, "The bucket does not allow ACLs");
        }
    }
}
