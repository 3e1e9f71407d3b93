using Microsoft.AspNetCore.Http;

namespace Sagebrush.Services;

/// <summary>Something that is read without a signature, outside of any AWS API: a certificate, a health check.</summary>
public interface IPublicPage
{
    /// <summary>Whether this unsigned GET is for the page.</summary>
    bool Answers(HttpRequest request);

    /// <summary>Answers it.</summary>
    Task AnswerAsync(HttpContext http);
}
