using Microsoft.AspNetCore.Http;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Serves the certificate that subscribers check signatures with.</summary>
internal sealed class SigningCertificate(MessageSigner signer) : IPublicPage
{
    public bool Answers(HttpRequest request) =>
        request.Path.Value is { } path && path.StartsWith("/SimpleNotificationService-", StringComparison.Ordinal) && path == signer.CertificatePath;

    public Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/x-pem-file";
        return http.Response.WriteAsync(signer.Certificate);
    }
}
