import django.db.models.deletion
from django.db import migrations, models


# A published version is what people answered; no mistake of the program changes it.
HELD = """
CREATE FUNCTION surveys_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of a survey is never changed';
END $$;
CREATE TRIGGER surveys_surveyversion_held BEFORE UPDATE ON surveys_surveyversion
    FOR EACH ROW EXECUTE FUNCTION surveys_refuse_change();
"""
FREE = """
DROP TRIGGER surveys_surveyversion_held ON surveys_surveyversion;
DROP FUNCTION surveys_refuse_change();
"""
# New columns stand at the end: a view grows in no other way.
VIEW = """
CREATE OR REPLACE VIEW api_surveys_scores AS
    SELECT s.id, p.person, s.metric, s.scale_low, s.scale_high, s.lower_is_better, s.value, s.feel, s.happened_at,
        s.offset_minutes, s.answered_at, s.order_id, s.location_id, s.channel, s.source, s.number, s.comment, s.language,
        s.batch, s.survey_id, s.survey_version, s.question
    FROM surveys_score s LEFT JOIN api_identity_people p ON p.handle = s.handle;
"""
FORMER_VIEW = """
DROP VIEW api_surveys_scores;
CREATE VIEW api_surveys_scores AS
    SELECT s.id, p.person, s.metric, s.scale_low, s.scale_high, s.lower_is_better, s.value, s.feel, s.happened_at,
        s.offset_minutes, s.answered_at, s.order_id, s.location_id, s.channel, s.source, s.number, s.comment, s.language,
        s.batch
    FROM surveys_score s LEFT JOIN api_identity_people p ON p.handle = s.handle;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_relations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('handle', models.BigIntegerField(null=True)),
                ('order_id', models.BigIntegerField(null=True)),
                ('order_number', models.CharField(blank=True, max_length=120)),
                ('location_id', models.BigIntegerField(null=True)),
                ('channel', models.CharField(blank=True, max_length=40)),
                ('first_name', models.CharField(blank=True, max_length=80)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('name', models.CharField(max_length=120)),
                ('draft', models.JSONField()),
                ('former', models.JSONField(null=True)),
                ('revision', models.IntegerField(default=1)),
                ('link', models.CharField(max_length=22, unique=True)),
                ('current', models.IntegerField(null=True)),
                ('location_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='score',
            name='question',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='score',
            name='survey_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='score',
            name='survey_version',
            field=models.IntegerField(null=True),
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('version', models.IntegerField()),
                ('token', models.UUIDField(unique=True)),
                ('handle', models.BigIntegerField(null=True)),
                ('order_id', models.BigIntegerField(null=True)),
                ('order_number', models.CharField(blank=True, max_length=120)),
                ('location_id', models.BigIntegerField(null=True)),
                ('channel', models.CharField(max_length=40)),
                ('language', models.CharField(max_length=10)),
                ('asked', models.JSONField(default=list)),
                ('started_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('thanks', 'Answered to the end'), ('quota', 'Enough answers of this kind were there already')], max_length=8)),
                ('flags', models.JSONField(default=list)),
                ('offset_minutes', models.SmallIntegerField(default=0)),
                ('scored_at', models.DateTimeField(null=True)),
                ('invitation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='surveys.invitation')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.survey')),
            ],
        ),
        migrations.CreateModel(
            name='QuotaCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quota', models.CharField(max_length=12)),
                ('taken', models.IntegerField(default=0)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.survey')),
            ],
        ),
        migrations.CreateModel(
            name='Kiosk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('name', models.CharField(max_length=80)),
                ('location_id', models.BigIntegerField(null=True)),
                ('link', models.CharField(max_length=22, unique=True)),
                ('pin', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.survey')),
            ],
        ),
        migrations.AddField(
            model_name='invitation',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.survey'),
        ),
        migrations.CreateModel(
            name='SurveyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('document', models.JSONField()),
                ('published_at', models.DateTimeField()),
                ('published_by', models.BigIntegerField(null=True)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.survey')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=12)),
                ('part', models.CharField(blank=True, max_length=20)),
                ('type', models.CharField(choices=[('nps', 'Recommendation (NPS)'), ('csat', 'Satisfaction (CSAT)'), ('ces', 'Ease (CES)'), ('stars', 'Stars'), ('emoji', 'Faces'), ('emotion', 'Feeling'), ('expectation', 'Against expectations'), ('conversation', 'After a conversation: channel, speed, solution'), ('single', 'One of several'), ('multiple', 'Several of several'), ('matrix', 'Several things on one scale'), ('ranking', 'Put in order'), ('text', 'In their own words'), ('number', 'Number'), ('date', 'Date'), ('file', 'File or photo'), ('contact', 'How to reach them'), ('consent', 'Consent')], max_length=12)),
                ('number', models.DecimalField(decimal_places=9, max_digits=22, null=True)),
                ('choice', models.CharField(blank=True, max_length=20)),
                ('text', models.TextField(blank=True)),
                ('day', models.DateField(null=True)),
                ('file_id', models.BigIntegerField(null=True)),
                ('scale_low', models.SmallIntegerField(null=True)),
                ('scale_high', models.SmallIntegerField(null=True)),
                ('lower_is_better', models.BooleanField(default=False)),
                ('is_empty', models.BooleanField(default=False)),
                ('sent', models.BigIntegerField(default=0)),
                ('answered_at', models.DateTimeField()),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.response')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('response', 'question', 'part'), name='surveys_answer_once')],
            },
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(fields=['survey', 'version', '-started_at'], name='surveys_response_survey'),
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(fields=['handle', '-started_at'], name='surveys_response_person'),
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(condition=models.Q(('scored_at', None)), fields=['touched_at'], name='surveys_response_open'),
        ),
        migrations.AddConstraint(
            model_name='quotacount',
            constraint=models.UniqueConstraint(fields=('survey', 'quota'), name='surveys_quota_once'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['handle', '-created_at'], name='surveys_invitation_person'),
        ),
        migrations.AddConstraint(
            model_name='surveyversion',
            constraint=models.UniqueConstraint(fields=('survey', 'number'), name='surveys_version_number'),
        ),
        migrations.RunSQL(HELD, FREE),
        migrations.RunSQL(VIEW, FORMER_VIEW),
    ]
