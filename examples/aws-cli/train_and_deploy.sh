#!/usr/bin/env bash
# Trains the built-in XGBoost on a small table, deploys the model and asks it about a row, with the AWS CLI alone.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

region=${AWS_DEFAULT_REGION:-us-east-1}
account=$(aws sts get-caller-identity --query Account --output text)
name=aws-cli-example-$(date +%Y%m%d-%H%M%S)
bucket=sagemaker-$region-$account
role=arn:aws:iam::$account:role/service-role/AmazonSageMaker-ExecutionRole
image=683313688378.dkr.ecr.$region.amazonaws.com/sagemaker-xgboost:1.7-1

# 1. The target goes first and becomes a number; the table is shuffled, always alike, and divided.
awk -F, -v OFS=, 'NR > 1 { target = ($NF == "malignant"); NF--; print target, $0 }' "$here/../data/breast-cancer.csv" |
    shuf --random-source=<(yes) >"$work/all.csv"
head -n 456 "$work/all.csv" >"$work/train.csv"
tail -n +457 "$work/all.csv" >"$work/validation.csv"

# 2. Upload.
aws s3 mb "s3://$bucket" >/dev/null 2>&1 || true
aws s3 cp --only-show-errors "$work/train.csv" "s3://$bucket/$name/train/"
aws s3 cp --only-show-errors "$work/validation.csv" "s3://$bucket/$name/validation/"

# 3. Train.
channel() {
    printf '{"ChannelName":"%s","ContentType":"text/csv","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://%s/%s/%s/"}}}' \
        "$1" "$bucket" "$name" "$1"
}
aws sagemaker create-training-job \
    --training-job-name "$name" \
    --algorithm-specification "TrainingImage=$image,TrainingInputMode=File" \
    --role-arn "$role" \
    --hyper-parameters '{"objective":"binary:logistic","eval_metric":"auc","num_round":"100","max_depth":"4","eta":"0.2"}' \
    --input-data-config "[$(channel train),$(channel validation)]" \
    --output-data-config "S3OutputPath=s3://$bucket/$name/output" \
    --resource-config InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=10 \
    --stopping-condition MaxRuntimeInSeconds=600 --output text --query TrainingJobArn
while true; do
    status=$(aws sagemaker describe-training-job --training-job-name "$name" --query TrainingJobStatus --output text)
    [[ $status == InProgress ]] || break
    sleep 1
done
echo "training: $status"
aws logs get-log-events --log-group-name /aws/sagemaker/TrainingJobs --limit 3 --query 'events[].message' --output text \
    --log-stream-name "$(aws logs describe-log-streams --log-group-name /aws/sagemaker/TrainingJobs --log-stream-name-prefix "$name/" \
        --query 'logStreams[0].logStreamName' --output text)"
[[ $status == Completed ]]

# 4. Deploy.
model=$(aws sagemaker describe-training-job --training-job-name "$name" --query ModelArtifacts.S3ModelArtifacts --output text)
aws sagemaker create-model --model-name "$name" --execution-role-arn "$role" \
    --primary-container "Image=$image,ModelDataUrl=$model" --output text --query ModelArn
aws sagemaker create-endpoint-config --endpoint-config-name "$name" --output text --query EndpointConfigArn \
    --production-variants "VariantName=AllTraffic,ModelName=$name,InstanceType=ml.m5.large,InitialInstanceCount=1"
aws sagemaker create-endpoint --endpoint-name "$name" --endpoint-config-name "$name" --output text --query EndpointArn
until [[ $(aws sagemaker describe-endpoint --endpoint-name "$name" --query EndpointStatus --output text) == InService ]]; do
    sleep 1
done

# 5. Predict: the features of one row, without its target.
head -n 1 "$work/validation.csv" | cut -d, -f2- >"$work/row.csv"
aws sagemaker-runtime invoke-endpoint --endpoint-name "$name" --content-type text/csv --body "fileb://$work/row.csv" "$work/answer.csv" >/dev/null
echo "truth: $(head -n 1 "$work/validation.csv" | cut -d, -f1), predicted probability: $(cat "$work/answer.csv")"

# 6. Tidy up.
aws sagemaker delete-endpoint --endpoint-name "$name"
