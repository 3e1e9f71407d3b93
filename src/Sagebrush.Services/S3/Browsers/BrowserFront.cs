using Microsoft.AspNetCore.Http;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>What browsers send to S3 by themselves: preflight requests, and forms with a file.</summary>
internal sealed class BrowserFront(CrossOriginGate gate, FormUpload forms)
{
    private const string FormType = "multipart/form-data";

    public async ValueTask<bool> HandleAsync(FrontCall call, CancellationToken cancellationToken)
    {
        var request = call.Http.Request;
        if (HttpMethods.IsOptions(request.Method))
        {
            gate.AnswerPreflight(call);
            return true;
        }

        if (request.Headers.Origin.Count > 0)
        {
            gate.Accompany(call);
        }

        if (!HttpMethods.IsPost(request.Method) || request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        await forms.ReceiveAsync(call, cancellationToken);
        return true;
    }
}
